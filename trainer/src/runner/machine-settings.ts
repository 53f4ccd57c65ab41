import { z } from 'zod';
import { DEFAULT_PRICES, pricesSchema } from './cost.ts';
import { dockerMachine, dockerSettingsSchema } from './docker-machine.ts';
import { type JobManifest, jobSchema } from './job.ts';
import { localMachine } from './local-machine.ts';
import type { Machine } from './machine.ts';
import { modalMachine, modalSettingsSchema } from './modal-machine.ts';
import { sshMachine, sshSettingsSchema } from './ssh-machine.ts';

/** Where jobs are done, and what they may cost: a part of a settings file. */
export const machineSettingsSchema = z.strictObject({
  on: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('local') }),
    sshSettingsSchema.extend({ kind: z.literal('ssh') }),
    dockerSettingsSchema.extend({ kind: z.literal('docker') }),
    modalSettingsSchema.extend({ kind: z.literal('modal') }),
  ]),
  program: z
    .array(z.string().min(1))
    .min(1)
    .default(['d-persona'])
    .meta({ description: 'What is d-persona there' }),
  resources: jobSchema.shape.resources.prefault({ gpu: null }),
  secrets: jobSchema.shape.secrets,
  expectedSeconds: z.int().min(1).default(300),
  timeoutSeconds: z.int().min(1).default(3600),
  priceCeiling: jobSchema.shape.priceCeiling.default(null).meta({ description: 'Of one job, US $' }),
  prices: pricesSchema.default(DEFAULT_PRICES),
});

export type MachineSettings = z.output<typeof machineSettingsSchema>;

/** The machine that settings describe. */
export function machineOf({ on }: Pick<MachineSettings, 'on'>): Machine {
  switch (on.kind) {
    case 'local':
      return localMachine;
    case 'ssh':
      return sshMachine(on);
    case 'docker':
      return dockerMachine(on);
    case 'modal':
      return modalMachine(on);
  }
}

/** The manifest of a job that runs a command of d-persona on the machine of the settings. */
export function jobManifest(
  { program, resources, secrets, expectedSeconds, timeoutSeconds, priceCeiling }: MachineSettings,
  job: Pick<JobManifest, 'id' | 'inputs' | 'outputs'> & { readonly args: readonly string[] },
): JobManifest {
  const { id, inputs, outputs, args } = job;
  return jobSchema.parse({
    ...{ id, inputs, outputs, command: [...program, ...args], resources, secrets },
    ...{ expectedSeconds, timeoutSeconds, priceCeiling },
  });
}
