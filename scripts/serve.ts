/** `npm run serve`: the release that ships with the project, served in workerd; nothing is trained. */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseOrThrow } from '@d-persona/shared/parse-or-throw.ts';
import { reportError } from '@d-persona/trainer/cli/exit-codes.ts';
import { untilStopped } from '@d-persona/trainer/cli/until-stopped.ts';
import { Command } from 'commander';
import { z } from 'zod';
import { overlayRequest } from './main-job/curl-line.ts';
import { aTestImage, serveShipped } from './serve/serve-shipped.ts';

const SHIPPED = fileURLToPath(new URL('../releases/lidc-idri', import.meta.url));

const optionsSchema = z.strictObject({
  release: z.string().min(1),
  port: z.coerce.number().int().min(0).max(65535),
});

const program = new Command('npm run serve --')
  .description('Serve the release that ships with the project, with a key for this run, until Ctrl-C')
  .option('--release <folder>', 'another store with one release', SHIPPED)
  .option('--port <number>', 'port on the loopback address; 0 takes a free one', '8787')
  .addHelpText('after', '\nExample:\n  npm run serve -- --port 8080')
  .action(async (raw: unknown) => {
    const { release, port } = parseOrThrow(optionsSchema, raw, 'options', 'See npm run serve -- --help');
    // The key is written into a copy: what ships with the project stays as it is.
    const store = await mkdtemp(join(tmpdir(), 'd-persona-serve-'));
    try {
      await cp(release, store, { recursive: true });
      const { worker, hospital, key, manifest } = await serveShipped(store, port);
      const [persona] = manifest.personas;
      const image = await aTestImage(release);
      console.log(`Listening on ${worker.url} (description: ${worker.url}/docs). Try:\n`);
      console.log(
        overlayRequest(
          { url: worker.url, hospital, key, persona: persona?.id ?? '' },
          relative(process.cwd(), image),
          'overlay.png',
        ),
      );
      console.log(`\nPersonas: ${manifest.personas.map(({ id }) => id).join(', ')}. Ctrl-C stops it.`);
      await untilStopped();
      await worker.stop();
    } finally {
      await rm(store, { recursive: true, force: true });
    }
  });

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = reportError(error);
}
