import { ProblemError } from './problem-error.ts';

interface Route {
  readonly method: string;
  /** Pattern, such as `/a/:b`. */
  readonly path: string;
}

/** What a path answers to that no route has for this method: which methods it has, or that there is nothing. */
export function nothingThere(routes: readonly Route[], path: string): ProblemError {
  const methods = new Set(
    routes.filter((route) => matches(route.path, path)).map(({ method }) => method.toUpperCase()),
  );
  methods.delete('ALL');
  if (methods.size === 0)
    return new ProblemError('not-found', 'path: there is nothing at this path. See /docs.');
  const detail = 'path: there is nothing at this path for this method. See /docs.';
  return new ProblemError('method-not-allowed', detail, { allow: [...methods].sort().join(', ') });
}

function matches(pattern: string, path: string): boolean {
  const [wanted, given] = [pattern.split('/'), path.split('/')];
  return (
    wanted.length === given.length && wanted.every((part, i) => part.startsWith(':') || part === given[i])
  );
}
