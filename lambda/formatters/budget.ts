import { line } from "../line";
import { facts, paragraph } from "../slack/message";
import type { Formatter } from "./formatter";

/** AWS Budgets writes a letter to the topic, in which the lines that count have names. */
export const formatBudget: Formatter = ({ text }) => {
  const find = (name: string) => text.match(new RegExp(`^${name}: (.{1,200})$`, "im"))?.[1]?.trim();
  const [budget, limit] = [find("Budget Name"), find("Budgeted Amount")];
  if (budget === undefined || limit === undefined) return undefined;
  const kind = (find("Alert Type") ?? "actual").toLowerCase();
  const type = (find("Budget Type") ?? "cost").toLowerCase();
  const [threshold, amount] = [
    find("Alert Threshold"),
    find(`${kind === "forecasted" ? "Forecasted" : "Actual"} Amount`),
  ];
  const isSpent = kind === "actual" && moneyOf(amount) > moneyOf(limit);
  return {
    severity: isSpent ? "danger" : "warning",
    needsPerson: isSpent,
    story: line`Budget ${budget}: ${kind} ${type} ${amount ?? "beyond its limit"} of ${limit}${threshold && `, alert ${threshold.replace(/^>\s*/, "above ")}`}.`,
    blocks: [facts({ Budget: budget, Budgeted: limit, Amount: amount, Alert: threshold }), paragraph(text)],
  };
};

function moneyOf(amount = ""): number {
  return Number(amount.replace(/[^\d.]/g, "") || Number.NaN);
}
