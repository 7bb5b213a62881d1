import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** The machine image a group starts from. */
export interface Image {
  readonly id: pulumi.Output<string>;
  /** Device of the root volume, which differs between distributions: a wrong one would add a second volume. */
  readonly rootDevice: pulumi.Output<string>;
}

/**
 * Looks up the image an SSM parameter names now. A newer image thus reaches a group with the next `pulumi up`, through an
 * instance refresh, and never by chance when an instance is added.
 */
export function currentImage(parameter: string, parent: pulumi.Resource): Image {
  // Every parameter's value counts as a secret, but the name of a public image is none.
  const id = pulumi.unsecret(aws.ssm.getParameterOutput({ name: parameter }, { parent }).value);
  const image = aws.ec2.getAmiOutput({ filters: [{ name: "image-id", values: [id] }] }, { parent });
  return { id, rootDevice: image.rootDeviceName };
}
