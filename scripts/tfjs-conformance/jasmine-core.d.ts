/** What is used here of Jasmine, which comes without types. */
declare module 'jasmine-core' {
  interface Result {
    readonly fullName: string;
    readonly failedExpectations: readonly { readonly message: string }[];
  }

  interface Environment {
    configure(options: { random: boolean; specFilter(spec: { getFullName(): string }): boolean }): void;
    addReporter(reporter: {
      specDone(result: Result & { readonly status: string }): void;
      suiteDone(result: Result): void;
    }): void;
    execute(): Promise<unknown>;
  }

  const jasmineRequire: {
    /** Makes `describe`, `it`, `expect` and the like global. */
    boot(): { getEnv(): Environment };
  };
  export default jasmineRequire;
}
