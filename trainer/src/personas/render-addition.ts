import { formatEstimate } from '../evaluation/format-estimate.ts';
import { renderTable } from '../evaluation/render-table.ts';
import type { Addition } from './addition.ts';

/** The report as Markdown. */
export function renderAddition(addition: Addition): string {
  const { persona, rivals, curve, dice, nearest, casesNeeded, heldOut, heldOutPatients } = addition;
  const signed = { signed: true } as const;
  return [
    `Persona ${persona}, from ${addition.trainedOn} cases, on ${heldOut} cases of ${heldOutPatients} other patients ` +
      `(${addition.seconds.toFixed(0)} s). In brackets: 95 % interval, bootstrap over patients.`,
    renderTable([
      ['', 'Dice', 'new head minus this'],
      ['new head', formatEstimate(dice), ''],
      ...rivals.map((rival) => [
        rival.title,
        formatEstimate(rival.dice),
        formatEstimate(rival.difference, signed),
      ]),
    ]),
    renderTable([
      ['cases', 'Dice', `minus ${nearest}`, 's'],
      ...curve.map((point) => [
        String(point.cases),
        formatEstimate(point.dice),
        formatEstimate(point.gain, signed),
        point.seconds.toFixed(1),
      ]),
    ]),
    casesNeeded === null
      ? `Not with this many cases: the last head does not beat ${nearest} beyond the interval.`
      : `${curve.length > 1 ? 'From' : 'With'} ${casesNeeded} cases${curve.length > 1 ? ' on' : ''}, the head beats ${nearest} beyond the interval.`,
    `Core ${addition.core} as before.`,
  ].join('\n\n');
}
