// A reporter of vitest: one line per file when it ends, and no summary, which scripts/test.sh prints once for all stages.
export default class Progress {
  onTestModuleEnd(module) {
    const tests = [...module.children.allTests()];
    const count = (state) => tests.filter((test) => test.result().state === state).length;
    const parts = ['passed', 'failed', 'skipped'].filter((state) => count(state) > 0).map((state) => `${count(state)} ${state}`);
    const seconds = (module.diagnostic().duration / 1000).toFixed(1);
    console.log(`${module.state().padEnd(7)} ${seconds.padStart(6)} s  ${module.relativeModuleId}  (${parts.join(', ')})`);
  }

  onTestCaseResult(test) {
    const { state, errors } = test.result();
    if (state === 'failed') console.log(`failed  ${test.fullName}\n${errors.map(({ message }) => `  ${message}`).join('\n')}`);
  }
}
