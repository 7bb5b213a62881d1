import { z } from "zod";
import { allowFrom, allowTo } from "./allowances-schema";
import { architecture } from "./architecture-schema";
import { addressHasPorts, leavesSshAlone } from "./attachment-checks";
import { access, elasticIp, ports, refresh, volume, warmPool } from "./attachments-schema";
import * as check from "./checks";
import { atMostTags } from "./count-checks";
import { expectations, expecting, text, whole } from "./expectations";
import * as format from "./formats";
import { ruleIsWhole } from "./load-balancer-checks";
import * as machines from "./machines-schema";
import { policies } from "./policies-schema";
import { parseProcesses } from "./processes";
import { refuse } from "./report";
import { rollout } from "./rollout-schema";
import { scaling } from "./scaling-schema";
import { size } from "./size-schema";

const http = expecting(
  z
    .strictObject({
      port: whole(1, 65535, "port: 6000"),
      healthPath: text(
        format.HTTP_PATH,
        "a path of at most 1024 characters that begins with a slash, of letters, digits and . _ ~ / ? = % + : @ , -",
        "healthPath: /health",
      ).default("/health"),
      deregistrationDelay: whole(0, 3600, "deregistrationDelay: 30", "whole number of seconds").default(30),
      hosts: expecting(
        z.array(text(format.HOST_PATTERN, "a host's name, with * and ? for any letters", "hosts: [api.example.com]")),
        "a list of host names",
        "hosts: [api.example.com]",
      ).default([]),
      paths: expecting(
        z.array(text(format.PATH_PATTERN, "a path, with * and ? for any letters", "paths: [/api/*]")),
        "a list of paths",
        "paths: [/api/*]",
      ).default([]),
      priority: whole(1, 50_000, "priority: 10").optional(),
    })
    .superRefine(ruleIsWhole)
    .superRefine(leavesSshAlone),
  "a map with port",
  "http: {port: 6000}",
);

const spot = expecting(
  z.strictObject({
    percent: whole(1, 100, "percent: 50", "whole number of percent"),
    onDemand: whole(0, 100, "onDemand: 1", "whole number of instances").default(0),
  }),
  "a map with percent",
  "spot: {percent: 50, onDemand: 1}",
);

/** A host may read the settings of each, by a policy that IAM wants short. */
const MOST_PACKAGES = 24;

const packages = expecting(
  z
    .array(text(format.PACKAGE, "the name of a Debian package, of at most 64 characters", "packages: [hello]"))
    .max(MOST_PACKAGES),
  `a list of at most ${MOST_PACKAGES} Debian package names`,
  "packages: [hello]",
);

const processes = z
  .string()
  .transform((value, context) => parseProcesses(value) ?? refuse(context, value))
  .register(expectations, {
    allowed: "a count for each process, as in web=1 worker=2, or none for a package that runs by itself",
    example: "hello: web=1 worker=2",
  });

/** A group, once it has inherited. */
export const group = expecting(
  z
    .strictObject({
      packages,
      processes: expecting(
        z.record(z.string(), processes),
        "a map of packages to their processes",
        "processes: {hello: web=1}",
      ).default({}),
      architecture: architecture.optional(),
      instanceType: text(format.INSTANCE_TYPE, "an EC2 instance type", "instanceType: t3.small").optional(),
      alternativeTypes: expecting(
        z.array(text(format.INSTANCE_TYPE, "an EC2 instance type", "alternativeTypes: [t3a.small]")).max(39),
        "a list of at most 39 EC2 instance types",
        "alternativeTypes: [t3a.small]",
      ).default([]),
      spot: spot.optional(),
      instanceTypes: machines.instanceTypes.optional(),
      rootVolume: machines.rootVolume.optional(),
      maxInstanceLifetime: machines.maxInstanceLifetime.optional(),
      maintenance: machines.maintenance.optional(),
      terminationPolicies: machines.terminationPolicies.optional(),
      imdsHopLimit: machines.imdsHopLimit.optional(),
      userData: machines.userData.optional(),
      image: text(
        format.PARAMETER,
        "the name of an SSM parameter that holds an AMI, with a leading slash",
        "image: /aws/service/debian/release/13/latest/amd64",
      ).optional(),
      channel: text(
        format.CHANNEL,
        "a channel's name of 1 to 40 lower-case letters, digits and single hyphens between them",
        "channel: feature-x",
      ).optional(),
      size: expecting(size.superRefine(check.minNotAboveMax), "a map with min and max", "size: {min: 2, max: 4}"),
      http: http.optional(),
      health: expecting(
        z.strictObject({ timeout: whole(5, 540, "timeout: 60", "whole number of seconds").default(60) }),
        "a map with timeout",
        "health: {timeout: 60}",
      ).prefault({}),
      scaling: scaling.optional(),
      uses: expecting(
        z.array(text(format.GROUP, "the name of a group", "uses: [web]")),
        "a list of groups",
        "uses: [web]",
      ).default([]),
      ports: ports.default([]),
      elasticIp: elasticIp.optional(),
      volume: volume.optional(),
      allowFrom: allowFrom.optional(),
      allowTo: allowTo.optional(),
      access: access.optional(),
      policies: policies.optional(),
      warmPool: warmPool.optional(),
      refresh: refresh.prefault({}),
      rollout: rollout.prefault({}),
      tags: expecting(
        z
          .record(
            text(
              format.TAG_KEY,
              "a tag key that AWS allows, other than Name, aws:… and towline:…",
              "tags: {team: web}",
            ),
            text(format.TAG_VALUE, "a tag value that AWS allows, in quotes where it looks like a number", "team: web"),
          )
          .superRefine(atMostTags)
          .superRefine(check.namesTagsOnce),
        "a map of tag keys to values",
        "tags: {team: web}",
      ).default({}),
    })
    .superRefine(check.namesPackagesOnce)
    .superRefine(check.runsOnlyItsPackages)
    .superRefine(check.countsRequestsOfHttp)
    .superRefine(addressHasPorts),
  "a map with at least packages and size",
  "web: {packages: [hello], size: {min: 2, max: 4}}",
);
