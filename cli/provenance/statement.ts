import { z } from "zod";
import { sha256 } from "../checksum";
import type { DebFile } from "../deb/deb";
import { SBOM_TYPE } from "./sbom";

/** What DSSE calls an in-toto statement. */
export const STATEMENT_TYPE = "application/vnd.in-toto+json";
const digest = z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/) });

const schema = z.looseObject({
  _type: z.literal("https://in-toto.io/Statement/v1"),
  subject: z.array(z.looseObject({ name: z.string(), digest })).length(1),
  predicateType: z.literal("https://slsa.dev/provenance/v1"),
  predicate: z.looseObject({
    buildDefinition: z.looseObject({
      buildType: z.string(),
      externalParameters: z.looseObject({
        package: z.string(),
        version: z.string(),
        commit: z.string().nullable().optional(),
      }),
      resolvedDependencies: z
        .array(
          z.looseObject({ uri: z.string().optional(), digest: z.looseObject({ gitCommit: z.string().optional() }) }),
        )
        .optional(),
    }),
    runDetails: z.looseObject({
      builder: z.looseObject({ id: z.string() }),
      metadata: z.looseObject({ invocationId: z.string().optional() }).optional(),
      byproducts: z.array(z.looseObject({ name: z.string(), mediaType: z.string(), digest })),
    }),
  }),
});

/** What a package was built from, by what (in-toto Statement v1 with the predicate SLSA Provenance v1). */
export type Statement = z.infer<typeof schema>;

/** A build, as far as it tells about itself. */
export interface Build {
  /** Full hash of the commit, with `-dirty` where the checkout had changes; null where there is no git. */
  readonly commit: string | null;
  /** Where the source is kept; null where unknown. */
  readonly source: string | null;
  /** Page of the build; null where unknown. */
  readonly url: string | null;
  /** Milliseconds since the epoch. */
  readonly started: number;
  readonly finished: number;
}

/** States what a package was built from. */
export function stateOrigin(deb: DebFile, file: string, sbom: string, sbomFile: string, build: Build): Statement {
  const { commit, source, url, started, finished } = build;
  const time = (moment: number) => new Date(moment).toISOString();
  const gitCommit = commit?.replace(/-dirty$/, "");
  const uri = source === null ? {} : { uri: `git+${source}@${gitCommit}` };
  return {
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ name: file, digest: { sha256: deb.sha256 } }],
    predicateType: "https://slsa.dev/provenance/v1",
    predicate: {
      buildDefinition: {
        buildType: "urn:towline:build:v1",
        externalParameters: { package: deb.name, version: deb.version, architecture: deb.architecture, source, commit },
        ...(gitCommit === undefined ? {} : { resolvedDependencies: [{ ...uri, digest: { gitCommit } }] }),
      },
      runDetails: {
        // Who builds says it of himself: the signature is that of who published it.
        builder: { id: url === null ? "urn:towline:builder:by-hand" : new URL("/", url).href },
        metadata: {
          ...(url === null ? {} : { invocationId: url }),
          startedOn: time(started),
          finishedOn: time(finished),
        },
        byproducts: [{ name: sbomFile, mediaType: SBOM_TYPE, digest: { sha256: sha256(sbom) } }],
      },
    },
  };
}

/** @throws Error where it is no statement of towline's about a build */
export function parseStatement(text: string): Statement {
  return schema.parse(JSON.parse(text));
}

/** SHA-256 of the package that a statement is about. */
export function subjectOf({ subject }: Statement): string {
  return subject[0]?.digest.sha256 ?? "";
}

/** SHA-256 of the SBOM that the build wrote; undefined where it wrote none. */
export function sbomOf({ predicate }: Statement): string | undefined {
  return predicate.runDetails.byproducts.find(({ mediaType }) => mediaType === SBOM_TYPE)?.digest.sha256;
}

/** The commit, as it is recorded of a release; null where it is unknown. */
export function commitOf(statement: Statement): string | null {
  return aboutOf(statement).commit ?? null;
}

/** The release that was asked for. */
export function aboutOf({ predicate }: Statement): Statement["predicate"]["buildDefinition"]["externalParameters"] {
  return predicate.buildDefinition.externalParameters;
}
