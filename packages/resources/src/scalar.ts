/**
 * Scalars are fixed point with three decimals: 0.1 and 0.2 make 0.3. Within this package they are whole thousandths.
 * Source: the original's rounding, half away from zero.
 */
export function toThousandths(value: number): number {
  const rounded = Math.round(Math.abs(value) * 1000);
  return value < 0 ? -rounded : rounded;
}

export function fromThousandths(thousandths: number): number {
  return thousandths / 1000;
}
