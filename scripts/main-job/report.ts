import { SOFTWARE } from '@d-persona/trainer/publish/software.ts';
import type { ReportData } from '@d-persona/trainer/report/report-data.ts';
import type { StudyAnswers } from './ask-study.ts';
import type { Study } from './run-study.ts';
import { median } from './summarise.ts';
import type { Summary } from './summary.ts';

function studySection(
  study: Study,
  { cases, timings }: StudyAnswers,
  backend: string,
): ReportData['studies'][number] {
  const { config, data, evaluation, release, curves, figures } = study;
  const { training, quantization, parts } = release.manifest;
  const facts: Record<string, string> = {
    Data: `${training.dataset}, source SHA-256 ${training.sourceSha256.slice(0, 16)}…`,
    Licence: training.licence,
    Attribution: training.attribution,
    Split: `by patient, seed ${training.splitSeed}: ${data.split.train.length} / ${data.split.validation.length} / ${data.split.test.length} images to train / validate / test`,
    Training: `preset ${config.preset}, widths ${config.architecture.widths.join(', ')}, ${config.size} × ${config.size} pixels, ${config.stage1.steps} + ${config.stage2.steps} steps of ${config.stage1.batch}, seed ${config.seed}, ${backend}`,
  };
  const timing = (request: string, times: readonly number[]) => ({
    request,
    milliseconds: median(times),
    requests: times.length,
  });
  return {
    evaluation,
    provenance: Object.entries(facts).map(([label, value]) => ({ label, value })),
    cases: [...cases],
    curves: [...curves],
    figures,
    release: {
      hash: release.hash,
      bytes: Object.values(parts).reduce((sum, { bytes }) => sum + bytes, 0),
      quantization: quantization.kind,
      diceBefore: quantization.diceBefore,
      diceAfter: quantization.diceAfter,
      gedBefore: quantization.gedBefore,
      gedAfter: quantization.gedAfter,
    },
    timings: [
      timing('POST …/cases (features, prior, bank, all prompts)', timings.case),
      timing('POST …/personas/{persona}/segmentations of a known case', timings.persona),
      timing('POST …/segmentations?samples=50 of a known case', timings.samples50),
    ],
    notes: [],
  };
}

/** What `artifacts/index.html` shows of the main job. */
export function mainJobReport(
  studies: readonly { readonly study: Study; readonly answers: StudyAnswers }[],
  { minutes, peak_mb, backend }: Summary,
  now: Date,
): ReportData {
  return {
    title: 'D-Persona: every plausible outline, and each colleague’s own',
    summary:
      'Trained from scratch on the sample that ships with the project, published, served by the Worker and asked over HTTP. ' +
      'All images are of patients that the model has not seen; all outlines of personas and samples are the Worker’s answers.',
    created: now.toISOString(),
    software: SOFTWARE,
    facts: [
      { label: 'Whole run', value: `${minutes.toFixed(1)} minutes` },
      { label: 'Peak memory', value: `${Math.round(peak_mb)} MiB` },
      { label: 'Backend', value: backend },
    ],
    studies: studies.map(({ study, answers }) => studySection(study, answers, backend)),
  };
}
