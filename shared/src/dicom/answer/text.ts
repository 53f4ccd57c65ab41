/**
 * Text that may stand in an attribute of limited length: no control characters, no backslash (it parts values), and at
 * most `length` characters.
 */
export function shortText(text: string, length: number): string {
  const clean = text.replaceAll(/[\p{Cc}\\]+/gu, ' ').trim();
  const characters = [...clean];
  return characters.length <= length
    ? clean
    : `${characters
        .slice(0, length - 1)
        .join('')
        .trim()}…`;
}
