/** Names by which folders and files of images are known, everywhere; a dataset's own names are never looked for. */
const IMAGES = /^(images?|imgs?|pictures?|photos?|scans?|inputs?|originals?|raw)$/i;

/** Names of folders that hold masks of several readers, and so name none. */
const MASKS =
  /^(masks?|labels?|manuals?|manual[-_ ]?1?|annotations?|segmentations?|segs?|gts?|ground[-_ ]?truths?)$/i;

/** A reader without a name: a slot, which may be another person in the next case. */
const SLOT =
  /^(masks?|labels?|annotations?|segmentations?|segs?|gts?|rois?|outlines?|contours?|slots?)[-_ ]?\d+$/i;

/** Parts that a dataset was cut into beforehand: they say nothing of the patient. */
const PARTS =
  /^((train(ing)?|val(id(ation)?)?|test(ing)?|dev(elopment)?|eval(uation)?)([-_ ]?[23]d)?|(fold|split|part)[-_ ]?\w*)$/i;

/** Whether a folder holds images by its name: `images`, or a name with that word such as `fundus-images`. */
export function meansImageFolder(name: string): boolean {
  if (meansImages(name)) return true;
  if (/\d/.test(name)) return false; // `Image_04` is one image's
  const words = name.replace(/([a-z])([A-Z])/g, '$1 $2').split(/[^a-z]+/i);
  return words.some((word) => /^(images?|imgs?)$/i.test(word)) && !words.some(meansMasks);
}

export const meansImages = (name: string): boolean => IMAGES.test(name);
export const meansMasks = (name: string): boolean => MASKS.test(name);
export const meansSlot = (name: string): boolean => SLOT.test(name);
export const meansPart = (name: string): boolean => PARTS.test(name);
