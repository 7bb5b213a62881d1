import { JOBS, type Job, jobStatements } from "../../infra/access/job-policy";
import type { StackConfig } from "../../infra/config";
import { policyDocument } from "../../infra/policy";
import { ACCOUNT } from "../region/place";
import type { Credentials, Keys } from "./keys";
import type { Policies } from "./policies";
import { roleSession } from "./principal";

/** Whoever works with the command line; the region itself does what a deployer would. */
const WORKING = JOBS.filter((job) => job !== "deployer");

/** Seconds that a person's shell is good for: longer than anybody leaves a region open. */
const WEEK = 7 * 24 * 3600;

/** The role of whoever has all jobs of all stacks: the person in front of the region. */
const EVERYBODY = "local-region";

/** Roles of the people and pipelines that work on the region's stacks, with exactly what `towline policy` prints for them. */
export class Jobs {
  /** @param configs in the order in which releases go through them */
  constructor(
    private readonly keys: Keys,
    policies: Policies,
    configs: readonly StackConfig[],
  ) {
    configs.forEach((config, index) => {
      const place = { partition: "aws", region: config.region, account: ACCOUNT };
      const source = configs[index - 1]?.repository.bucket;
      for (const job of WORKING) {
        const values = { config, place, source: job === "promoter" ? source : undefined, types: [] };
        const statements = jobStatements(job, values);
        const document = policyDocument(statements);
        for (const role of [roleName(config.stack, job), EVERYBODY])
          policies.put(role, `${config.stack}-${job}`, document);
      }
    });
  }

  /** Credentials of whoever does a job for a stack. */
  of(stack: string, job: Job): Credentials {
    return this.keys.of(session(roleName(stack, job), job));
  }

  /** Credentials of the person in front of the region. */
  all(): Credentials {
    return this.keys.issue(session(EVERYBODY, "person"), WEEK);
  }
}

function session(role: string, name: string) {
  return roleSession(`arn:aws:iam::${ACCOUNT}:role/${role}`, name);
}

function roleName(stack: string, job: Job): string {
  return `local-region-${stack}-${job}`;
}
