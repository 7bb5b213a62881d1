import { appendFileSync } from "node:fs";
import type { Fleet } from "../fleet/fleet";
import type { ApiCall } from "../region/calls";
import { place } from "../region/place";
import type { Facts } from "./authorization";
import { Decisions } from "./decisions";
import { Gate } from "./gate";
import { Keys } from "./keys";
import { Policies } from "./policies";
import { Resources, rememberedFacts } from "./resources";
import { Services } from "./services";

/** The part of a fleet that decisions look at. */
type Instances = Pick<Fleet, "atAddress" | "member" | "members">;

/** Identity and access in the region: keys, policies, and the gate that every request of AWS passes. */
export class Iam {
  readonly keys = new Keys();
  readonly policies = new Policies();
  private readonly decisions = new Decisions(this.policies);
  private readonly resources = new Resources();
  /** What AWS's services may do for the stacks. */
  readonly services = new Services(this.decisions, log);

  /** Follows calls that change policies, and what decisions look at. */
  readonly follow = async (call: ApiCall, reply: string): Promise<string> => {
    this.policies.follow(call, reply);
    this.resources.follow(call, reply);
    return reply;
  };

  gate(fleet: Instances): Gate {
    return new Gate({
      keys: this.keys,
      decisions: this.decisions,
      facts: factsOf(fleet, this.policies, this.resources),
      vpcOf: (address) => fleet.atAddress(address)?.vpc,
      log,
    });
  }
}

function log(line: string): void {
  appendFileSync(place.file("iam.log"), `${new Date().toISOString()} ${line}\n`);
}

function factsOf(fleet: Instances, policies: Policies, resources: Resources): Facts {
  return {
    instance: (id) => {
      const member = fleet.member(id);
      return member && { tags: member.spec.tags, group: member.group };
    },
    instancesWith: (tags) =>
      fleet
        .members()
        .filter(({ spec }) => Object.entries(tags).every(([key, values]) => values.includes(spec.tags[key] ?? "")))
        .map(({ spec }) => spec.id),
    ...rememberedFacts(policies, resources),
  };
}
