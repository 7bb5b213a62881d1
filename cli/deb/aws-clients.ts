import { join } from "node:path";
import { readOptional } from "./tree";

/** A client library of AWS's that a file of an app names. */
export interface AwsClient {
  readonly file: string;
  readonly library: string;
}

/** Files that name an app's dependencies, and what AWS's libraries are called there. */
const LIBRARIES: readonly [RegExp, RegExp][] = [
  [/^package\.json$/, /@aws-sdk\/[\w-]+|"aws-sdk"/],
  [/^Gemfile\.lock$/, /\baws-sdk[\w-]*/],
  [
    /^(requirements\.txt|Pipfile|pyproject\.toml|setup\.py|(uv|poetry)\.lock)$/,
    /\b(boto3|botocore|aiobotocore|s3fs)\b/,
  ],
  [/^go\.mod$/, /github\.com\/aws\/aws-sdk-go(-v2)?/],
  [/^Cargo\.toml$/, /\b(aws-sdk-\w+|aws-config|rusoto_\w+)/],
  [/^(pom\.xml|build\.gradle(\.kts)?|build\.sbt|project\.clj|deps\.edn)$/, /software\.amazon\.awssdk|com\.amazonaws/],
  [/^composer\.json$/, /aws\/aws-sdk-php/],
  [/^mix\.exs$/, /:ex_aws\w*|:aws\b/],
  [/\.(cs|fs|vb)proj$/, /AWSSDK\.\w+/],
];

/**
 * The clients of AWS that an app's files name, one for each file: it may need the role of its host, which its processes get only where
 * towline.yaml says so.
 * @param names what lies at the top of `copy`
 */
export async function awsClients(copy: string, names: ReadonlySet<string>): Promise<AwsClient[]> {
  const found = [...names].sort().map(async (file) => {
    const libraries = LIBRARIES.filter(([files]) => files.test(file)).map(([, library]) => library);
    if (libraries.length === 0) return [];
    const text = (await readOptional(join(copy, file))) ?? "";
    return libraries.flatMap((library) => {
      const match = library.exec(text)?.[0];
      return match === undefined ? [] : [{ file, library: match.replaceAll('"', "") }];
    });
  });
  return (await Promise.all(found)).flat();
}
