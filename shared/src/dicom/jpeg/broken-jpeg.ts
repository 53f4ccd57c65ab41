/** A JPEG stream that stops, or contradicts itself; its message is the problem, without the input's name. */
export class BrokenJpeg extends Error {
  override readonly name = 'BrokenJpeg';
}
