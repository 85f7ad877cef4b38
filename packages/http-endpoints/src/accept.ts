/** Whether a list of `Accept` or `Accept-Encoding` form takes `value`. The most exact range decides; `q=0` refuses. Source: RFC 9110, 12.5. */
export function accepts(header: string, value: string): boolean {
  const [family = ""] = value.split("/", 1);
  const wanted = value.includes("/") ? [value, `${family}/*`, "*/*"] : [value, "*"];
  const ranges = header.split(",").map(readRange);
  for (const name of wanted) {
    const range = ranges.find((each) => each.name === name);
    if (range !== undefined) return range.quality > 0;
  }
  return false;
}

function readRange(text: string): { readonly name: string; readonly quality: number } {
  const [name = "", ...parameters] = text.split(";").map((part) => part.trim().toLowerCase());
  const quality = parameters.find((parameter) => parameter.startsWith("q="));
  return { name, quality: quality === undefined ? 1 : Number(quality.slice(2)) };
}
