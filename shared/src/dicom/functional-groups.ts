import type { DataSet } from './dataset.ts';
import { malformed } from './dicom-problem.ts';
import { type Keyword, tagOf } from './dictionary.ts';

/** What holds for one frame: of its own functional groups, of the shared ones, or of the whole object. */
export interface FrameAttributes {
  readonly dataSet: DataSet;
  /** The item of a functional group macro that holds for the frame; undefined in objects without such groups. */
  group(sequence: Keyword): DataSet | undefined;
}

/**
 * The attributes of a frame (multi-frame functional groups module, PS3.3 C.7.6.16): its own groups go before shared ones.
 *
 * @param frame 0-based, below `frames`
 * @throws InputError `malformed-dicom` where there are not as many per-frame items as frames
 */
export function frameAttributes(dataSet: DataSet, frame: number, frames: number): FrameAttributes {
  const perFrame = dataSet.items('PerFrameFunctionalGroupsSequence');
  if (perFrame.length > 0 && perFrame.length < frames) {
    const problem = `has ${perFrame.length} items for ${frames} frames`;
    throw malformed(dataSet.encoding.name, tagOf('PerFrameFunctionalGroupsSequence'), problem);
  }
  const own = perFrame[frame];
  const [shared] = dataSet.items('SharedFunctionalGroupsSequence');
  return { dataSet, group: (sequence) => own?.items(sequence)[0] ?? shared?.items(sequence)[0] };
}

/** The item in which an attribute of a macro stands: the functional group, or the data set itself. */
export function holderOf({ dataSet, group }: FrameAttributes, macro: Keyword, keyword: Keyword): DataSet {
  const item = group(macro);
  return item?.has(keyword) ? item : dataSet;
}
