import type { Withdrawal } from "../repository/withdrawal";

/** What a withdrawal did, or would do, one line each. */
export function describeWithdrawal(withdrawal: Withdrawal, place: string, dryRun: boolean): string[] {
  const { package: name, withdrawn, target } = withdrawal;
  if (withdrawn.length === 0) return [`${place}: nothing to withdraw of ${name}`];
  const verb = dryRun ? "would be withdrawn" : "withdrawn";
  return [
    ...withdrawn.map((version) => `${place}: ${name} ${version} ${verb}`),
    target === null
      ? `${place}: no version of ${name} is left there`
      : `${place}: hosts ${dryRun ? "would go" : "go"} to ${name} ${target}, or the next lower one where their group found it bad`,
  ];
}
