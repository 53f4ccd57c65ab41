/** What is used of the runtime's own module. */
declare module 'cloudflare:workers' {
  export class DurableObject<Env> {
    protected readonly env: Env;
    constructor(state: unknown, env: Env);
  }
}
