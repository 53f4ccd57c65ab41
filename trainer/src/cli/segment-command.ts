import { basename } from 'node:path';
import { Client } from '@d-persona/shared/client/client.ts';
import { regionOptionSchema } from '@d-persona/shared/contract/region.ts';
import { Command } from 'commander';
import { z } from 'zod';
import { writeFileAtomically } from '../run/atomic-file.ts';
import { parseOptions } from './options.ts';
import { readInput } from './read-input.ts';

const optionsSchema = z.strictObject({
  url: z.url(),
  hospital: z.string().min(1),
  key: z.string({ error: 'is needed: --key, or the environment variable D_PERSONA_KEY' }).min(1),
  persona: z.string().min(1).optional(),
  out: z.string().min(1).optional(),
  format: z.enum(['mask', 'overlay', 'probability']),
  region: regionOptionSchema.optional(),
  seed: z.coerce.number().int().min(0).optional(),
  samples: z.coerce.number().int().min(0).max(100),
});

/** `d-persona segment`: an image to a server, a mask, an overlay or all answers back. */
export function segmentCommand(): Command {
  return new Command('segment')
    .description('Ask a server for outlines of an image: of one persona as PNG, or of all as JSON')
    .argument('<image>', 'PNG, JPEG or DICOM file')
    .option('--url <url>', 'address of the server', 'http://127.0.0.1:8787')
    .option('--hospital <id>', 'whose personas', 'demo')
    .option('--key <key>', 'API key; better in the environment variable D_PERSONA_KEY')
    .option('--persona <id>', 'one persona; without it all of them, as JSON')
    .option('--out <file>', 'where to write; JSON goes to standard output without it')
    .option('--format <mask|overlay|probability>', 'what to draw for one persona', 'mask')
    .option(
      '--region <x,y[,w,h]>',
      "the lesion's centre in pixels of the image, and the size of what is looked at",
    )
    .option('--seed <number>', 'seed of samples and bank')
    .option('--samples <number>', 'diversified samples beside all personas', '0')
    .addHelpText(
      'after',
      '\nExample:\n  D_PERSONA_KEY=dp_… d-persona segment nodule.png --persona rank-1 --format overlay --out outline.png',
    )
    .action(async (path: string, raw: Record<string, unknown>) => {
      const options = parseOptions(optionsSchema, { ...raw, key: raw.key ?? process.env.D_PERSONA_KEY });
      const { persona, out, format, region, seed, samples } = options;
      const client = new Client(options);
      const subject = { image: await readInput(path), name: basename(path) };
      const asked = { ...(region && { region }), ...(seed !== undefined && { seed }) };
      if (persona !== undefined && out !== undefined) {
        const png = await client.segmentAsPng(persona, subject, {
          ...asked,
          ...(format !== 'mask' && { format }),
        });
        await writeFileAtomically(out, png);
        return;
      }
      const answer =
        persona === undefined
          ? await client.segmentAll(subject, { ...asked, samples })
          : await client.segmentAs(persona, subject, asked);
      const text = `${JSON.stringify(answer)}\n`;
      if (out === undefined) process.stdout.write(text);
      else await writeFileAtomically(out, Buffer.from(text));
    });
}
