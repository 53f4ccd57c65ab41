/** Where a dataset's files are: a folder or a zip archive. Paths have forward slashes and no leading one. */
export interface Source {
  /** What the user called it, for messages. */
  readonly path: string;
  /** All files, sorted; neither hidden files nor what macOS adds to archives. */
  readonly files: readonly string[];
  /** A file's full name, for messages. */
  fullName(file: string): string;
  /** A file's bytes. @throws InputError when it cannot be read */
  read(file: string): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Hidden files, thumbnails and resource forks: nobody's data. */
export function isHidden(path: string): boolean {
  return path.split('/').some((part) => part.startsWith('.') || part === '__MACOSX');
}

/** Code-unit order: the same on every machine, unlike a locale's. */
export function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * The folder, with a slash at its end, in which all files lie; '' where they share none. Archives usually have one
 * such folder, and a folder of folders need not.
 */
export function commonFolder(files: readonly string[]): string {
  const first = files[0];
  if (first === undefined) return '';
  let folders = first.split('/').slice(0, -1);
  for (const file of files) {
    const parts = file.split('/').slice(0, -1);
    const differing = folders.findIndex((part, i) => part !== parts[i]);
    if (differing >= 0) folders = folders.slice(0, differing);
  }
  return folders.map((part) => `${part}/`).join('');
}
