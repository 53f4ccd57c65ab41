/** Labels of the Encoding Standard by defined term of Specific Character Set (PS3.3 C.12.1.1.2). */
const LABELS: Readonly<Record<string, string>> = {
  'ISO_IR 6': 'windows-1252',
  'ISO_IR 13': 'shift_jis',
  'ISO_IR 100': 'iso-8859-1',
  'ISO_IR 101': 'iso-8859-2',
  'ISO_IR 109': 'iso-8859-3',
  'ISO_IR 110': 'iso-8859-4',
  'ISO_IR 126': 'iso-8859-7',
  'ISO_IR 127': 'iso-8859-6',
  'ISO_IR 138': 'iso-8859-8',
  'ISO_IR 144': 'iso-8859-5',
  'ISO_IR 148': 'iso-8859-9',
  'ISO_IR 166': 'windows-874',
  'ISO_IR 192': 'utf-8',
  'ISO_IR 203': 'iso-8859-15',
  GB18030: 'gb18030',
  GBK: 'gbk',
  'ISO 2022 IR 87': 'iso-2022-jp',
  'ISO 2022 IR 149': 'euc-kr',
  'ISO 2022 IR 58': 'gb2312',
};

/**
 * Text of a value by the terms of Specific Character Set. With several terms (code extensions, ISO 2022) the last that
 * is known decodes, which is right for text in one script beside ASCII; escape sequences that name it are dropped.
 * Bytes that mean nothing become U+FFFD: a name that cannot be read is no reason to refuse an image.
 */
export function decodeText(bytes: Uint8Array, terms: readonly string[]): string {
  const known = terms.map((term) => LABELS[term] ?? LABELS[term.replace('ISO 2022 IR', 'ISO_IR')]);
  const label = known.findLast((candidate) => candidate !== undefined) ?? 'windows-1252';
  const text = new TextDecoder(label).decode(bytes);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what is looked for
  return text.replace(/\x1b[$(),\-./]*[0-~]/g, '');
}
