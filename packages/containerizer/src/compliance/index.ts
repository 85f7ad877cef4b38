import { caseMaker } from "./case.ts";
import { endingCases } from "./ending-cases.ts";
import { launchCases } from "./launch-cases.ts";
import { questionCases } from "./question-cases.ts";
import type { ComplianceFramework, ComplianceSetup } from "./world.ts";

/** Declares every case of the contract with the framework given. `setup` is called once for each. */
export function containerizerCompliance(name: string, framework: ComplianceFramework, setup: ComplianceSetup): void {
  const check = caseMaker(framework, setup);
  framework.describe(`${name} fulfils the contract of a containerizer`, () => {
    framework.describe("launch", () => launchCases(check));
    framework.describe("ending", () => endingCases(check));
    framework.describe("questions", () => questionCases(check));
  });
}

export type { ComplianceFramework, ComplianceSetup, ComplianceWorld } from "./world.ts";
