import { InputError } from '@d-persona/shared/errors.ts';
import { describe, expect, it } from 'vitest';
import { findLayout } from './find-layout.ts';

/** `{a,b}/{c,d}.png` written out. */
function expand(pattern: string): string[] {
  const match = /\{([^}]*)\}/.exec(pattern);
  if (match === null) return [pattern];
  return (match[1] as string)
    .split(',')
    .flatMap((choice) =>
      expand(pattern.slice(0, match.index) + choice + pattern.slice(match.index + match[0].length)),
    );
}
const look = (...patterns: string[]) => {
  const { layout, labels, entries, orphans } = findLayout(patterns.flatMap(expand), 'data');
  return {
    layout,
    labels: labels.join(' '),
    ids: entries.map(({ id }) => id).join(' '),
    masks: entries.map(({ masks }) => masks.size).join(' '),
    orphans: orphans.join(' '),
  };
};

describe('findLayout', () => {
  it('finds anonymous slots beside the images of a lesion', () => {
    expect(look('P{1,2}/lesion-a/{images,mask-0,mask-1,mask-10}/slice-{3,4}.png')).toEqual({
      layout: 'slots',
      labels: 'mask-0 mask-1 mask-10',
      ids: 'P1/lesion-a/slice-3 P1/lesion-a/slice-4 P2/lesion-a/slice-3 P2/lesion-a/slice-4',
      masks: '3 3 3 3',
      orphans: '',
    });
  });

  it('finds a folder for each named reader, in several sets, and a reader who is missing', () => {
    expect(
      look('A/{images,masks/ann,masks/bob}/{x,y}.png', 'B/{images,masks/ann}/z.png', 'A/masks/bob/w.png'),
    ).toEqual({
      layout: 'named',
      labels: 'ann bob',
      ids: 'A/x A/y B/z',
      masks: '2 2 1',
      orphans: 'A/masks/bob/w.png',
    });
  });

  it.each([
    ['readers beside the images', ['{images,ann,bob}/{x,y}.png'], 'named'],
    ['readers in a folder for each image', ['images/{x,y}.png', 'masks/{x,y}/{ann,bob}.png'], 'suffix'],
    ['a suffix in another folder', ['images/{x,y}.jpg', 'manual/{x,y}_{ann,bob}.png'], 'suffix'],
    ['a suffix beside the images', ['{x,y}{,_ann,_bob}.png'], 'suffix'],
    ['a suffix among the images', ['images/{x,y}{,-ann,-bob}.png'], 'suffix'],
    [
      'one suffix in a folder for each reader',
      ['images/{x,y}.png', 'labels/{ann,bob}/{x,y}_seg.png'],
      'named',
    ],
    ['images above the readers', ['{x,y}.jpg', '{ann,bob}/{x,y}.png'], 'named'],
    ['a folder with images in its name', ['eye-images/{x,y}.png', '{ann,bob}/{x,y}.png'], 'named'],
    ['a suffix that repeats the folder', ['images/{x,y}.png', 'ann/{x,y}_a.png', 'bob/{x,y}_b.png'], 'named'],
    ['images with a word at the end', ['images/{1,2}_training.png', 'manual/{1,2}_{ann,bob}.png'], 'suffix'],
    [
      'images and masks with a word before the number',
      ['images/image_0{1,2}.png', '{ann,bob}/mask_0{1,2}.png'],
      'named',
    ],
    ['two sets under masks', ['images/s/{x,y}.png', 'masks/{ann,bob}/s/{x,y}.png'], 'named'],
  ])('finds %s', (_, patterns, layout) => {
    expect(look(...patterns)).toMatchObject({ layout, labels: 'ann bob', masks: '2 2', orphans: '' });
  });

  it('finds one folder for each image, with the image called so', () => {
    expect(look('c{1,2}/{image,mask1,mask2}.png')).toMatchObject({
      layout: 'slots',
      labels: 'mask1 mask2',
      masks: '2 2',
    });
  });

  it('gives a mask to the longest image name that begins it', () => {
    const { entries } = findLayout(['images/{x,x_b}.png', 'm/{x,x_b}_{ann,bob}.png'].flatMap(expand), 'data');
    expect(entries.map(({ id, masks }) => [id, masks.get('ann')])).toEqual([
      ['x', 'm/x_ann.png'],
      ['x_b', 'm/x_b_ann.png'],
    ]);
  });

  it('tells a single reader by the folder', () => {
    expect(look('{images,masks}/{x,y}.png')).toMatchObject({ labels: 'masks', masks: '1 1' });
    expect(look('{images,masks/ann}/{x,y}.png')).toMatchObject({ labels: 'ann', masks: '1 1' });
  });

  it.each([
    ['no-images', ['README.txt'], /data: holds no images/],
    ['no-images', ['scan.tiff', 'a.txt'], /files such as scan\.tiff/],
    ['no-masks', ['images/x.png', 'images/y.png'], /no masks that belong/],
    ['no-masks', ['images/x.png', 'masks/y.png'], /no masks that belong/],
    ['no-masks', ['x.png', 'y.png'], /no masks that belong/],
    [
      'mixed-layouts',
      ['A/{images,mask-0}/x.png', 'B/{images,masks/ann}/y.png'].flatMap(expand),
      /mask-0.*ann/,
    ],
    [
      'two-masks',
      ['images/x.png', 'masks/ann/x.png', 'masks/bob/x.png', 'masks/ann/x.jpg'],
      /ann\/x.* same image/,
    ],
  ])('refuses with %s: %j', (code, files, message) => {
    const run = () => findLayout(files, 'data');
    expect(run).toThrow(InputError);
    expect(run).toThrow(expect.objectContaining({ code }));
    expect(run).toThrow(message);
  });
});
