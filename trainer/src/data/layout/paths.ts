export const join = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join('/');

export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

export function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** `a/b.c.png` → `a/b.c` */
export function withoutEnding(path: string): string {
  return path.slice(0, path.length - fileName(path).length) + fileName(path).replace(/\.[^.]*$/, '');
}

/** 2 before 10, and the same on every machine. */
export const byNumbersInNames = new Intl.Collator('en', { numeric: true }).compare;

const PICTURE = /\.(png|jpe?g)$/i;
const OTHER_PICTURE = /\.(tiff?|bmp|gif|webp|nrrd|mhd|ppm|pgm|npy|npz|mat)$/i;

export const isPicture = (path: string): boolean => PICTURE.test(path);
/** Pictures in formats that are not read. */
export const isOtherPicture = (path: string): boolean => OTHER_PICTURE.test(path);
