import type { Reporter, TestModule } from "vitest/node";

/** Ends a run with one line that any machine can read: `N passed, N failed, N skipped`. */
export function createPlainLineReporter(write: (text: string) => void): Reporter {
  return {
    onTestRunEnd(modules: readonly TestModule[], unhandledErrors) {
      let passed = 0;
      // A file that does not load and an error outside of any test are failures too.
      let failed = unhandledErrors.length;
      let skipped = 0;
      for (const module of modules) {
        failed += module.errors().length;
        for (const test of module.children.allTests()) {
          const { state } = test.result();
          if (state === "passed") passed += 1;
          else if (state === "failed") failed += 1;
          else skipped += 1;
        }
      }
      write(`\n${passed} passed, ${failed} failed, ${skipped} skipped\n`);
    },
  };
}
