import { Command, CommanderError } from 'commander';
import { auditCommand } from './audit-command.ts';
import { doctorCommand } from './doctor-command.ts';
import { driftCommand } from './drift-command.ts';
import { evaluateCommand } from './evaluate-command.ts';
import { EXIT, EXIT_CODES_HELP, reportError } from './exit-codes.ts';
import { figuresCommand } from './figures-command.ts';
import { hospitalCommand } from './hospital-command.ts';
import { jobCommand } from './job-command.ts';
import { keyCommand } from './key-command.ts';
import { nightHeadCommand } from './night-head-command.ts';
import { personaCommand } from './persona-command.ts';
import { publishCommand } from './publish-command.ts';
import { reconcileCommand } from './reconcile-command.ts';
import { releaseCommand } from './release-command.ts';
import { segmentCommand } from './segment-command.ts';
import { serveCommand } from './serve-command.ts';
import { trainCommand } from './train-command.ts';
import { trialCommand } from './trial-command.ts';

/**
 * The command line `d-persona`.
 *
 * @param argv as of the process, with the program's own two entries first
 * @returns the exit code
 */
export async function main(argv: readonly string[]): Promise<number> {
  let exitCode: number = EXIT.done;
  const program = new Command('d-persona')
    .description(
      'Diversified and personalised outlines from several experts: train, evaluate, publish, serve, segment',
    )
    .addHelpText('after', EXIT_CODES_HELP)
    .exitOverride();
  for (const command of [
    trainCommand(),
    evaluateCommand(),
    figuresCommand(),
    publishCommand(),
    serveCommand(),
    segmentCommand(),
    hospitalCommand(),
    keyCommand(),
    personaCommand(),
    releaseCommand(),
    trialCommand(),
    auditCommand(),
    reconcileCommand(),
    doctorCommand(),
    driftCommand((code) => {
      exitCode = code;
    }),
    jobCommand(),
  ]) {
    program.addCommand(command.exitOverride().addHelpText('after', EXIT_CODES_HELP));
  }
  program.addCommand(nightHeadCommand().exitOverride(), { hidden: true });
  try {
    await program.parseAsync([...argv]);
    return exitCode;
  } catch (error) {
    // Commander has printed what was wrong with the command, or the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.input;
    return reportError(error);
  }
}
