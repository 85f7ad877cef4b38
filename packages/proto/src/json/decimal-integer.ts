const decimal = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;

/** No integer of protobuf has more digits; longer texts are not worth the work of reading them. */
const MAX_DIGITS = 400;

/** The exact integer that a decimal text stands for (`12`, `1.50e2`), or why there is none. */
export function decimalInteger(text: string): bigint | "not-a-number" | "not-an-integer" | "too-long" {
  if (text.length > MAX_DIGITS) return "too-long";
  const match = decimal.exec(text);
  if (match === null) return "not-a-number";
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match;
  const digits = whole + fraction;
  const shift = Number(exponent) - fraction.length;
  const kept = shift < 0 ? digits.slice(0, shift) : digits;
  const cut = shift < 0 ? digits.slice(shift) : "";
  if (/[1-9]/.test(cut)) return "not-an-integer";
  const magnitude = BigInt(`${kept === "" ? "0" : kept}${"0".repeat(Math.max(0, shift))}`);
  return sign === "-" ? -magnitude : magnitude;
}
