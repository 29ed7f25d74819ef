/** Reporter of vitest that ends with one line, "N passed, N failed". A file that cannot be loaded and an error outside any test count as failed. */
export default class CountReporter {
  onTestRunEnd(modules, unhandledErrors) {
    let [passed, failed] = [0, unhandledErrors.length];
    for (const module of modules) {
      const states = [...module.children.allTests()].map((test) => test.result().state);
      passed += states.filter((state) => state === "passed").length;
      const failures = states.filter((state) => state === "failed").length;
      failed += failures === 0 && !module.ok() ? 1 : failures;
    }
    console.log(`\n${passed} passed, ${failed} failed`);
  }
}
