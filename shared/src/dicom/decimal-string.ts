/** Most characters of a decimal string (PS3.5 6.2, DS). */
const LENGTH = 16;

/**
 * A number as a decimal string (DS): at most 16 characters, as near to the number as they allow. What was read from a
 * decimal string is written as the same number.
 *
 * @throws RangeError for NaN and infinities.
 */
export function decimalString(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`${value} has no decimal string`);
  for (let digits = 17; digits > 0; digits--) {
    const rounded = Number(value.toPrecision(digits));
    if (!Number.isFinite(rounded)) continue; // the largest numbers round up beyond the range
    const text = [plain(rounded), rounded.toExponential().replace('e+', 'e')].find(
      (candidate) => candidate.length <= LENGTH,
    );
    if (text !== undefined) return text;
  }
  throw new RangeError(`${value} has no decimal string`);
}

/** With the zero before the point only where there is room for it. */
function plain(value: number): string {
  const text = String(value).replace('e+', 'e');
  return text.length > LENGTH ? text.replace(/^(-?)0\./, '$1.') : text;
}
