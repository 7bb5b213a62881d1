import { z } from "zod";
import type { DebFile } from "../deb/deb";
import { UserError } from "../errors";
import { type Component, componentOf, purlOf, releasePurl } from "./component";

/** Media type of CycloneDX in JSON. */
export const SBOM_TYPE = "application/vnd.cyclonedx+json";
const RELATION = "towline:depends";

/**
 * What is in a package, as CycloneDX 1.6 in JSON: equal content makes equal bytes.
 *
 * @param epoch time of the release, seconds since 1970
 */
export async function renderSbom(
  deb: Pick<DebFile, "name" | "version">,
  components: readonly Component[],
  epoch: number,
): Promise<string> {
  const { Enums, Models, Serialize, Spec } = await import("@cyclonedx/cyclonedx-library");
  const bom = new Models.Bom();
  bom.metadata.timestamp = new Date(epoch * 1000);
  const own = releasePurl(deb.name, deb.version);
  bom.metadata.component = new Models.Component(Enums.ComponentType.Application, deb.name, {
    version: deb.version,
    bomRef: own,
    purl: own,
  });
  for (const component of components) {
    const purl = purlOf(component);
    const made = new Models.Component(Enums.ComponentType.Library, component.name, {
      bomRef: component.relation === undefined ? purl : `${purl}#${component.relation}`,
      purl,
    });
    if (component.version !== undefined) made.version = component.version;
    if (component.relation !== undefined) made.properties.add(new Models.Property(RELATION, component.relation));
    bom.components.add(made);
    bom.metadata.component.dependencies.add(made.bomRef);
  }
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
  return `${serializer.serialize(bom, { sortLists: true, space: 1 })}\n`;
}

const schema = z.object({
  bomFormat: z.literal("CycloneDX"),
  components: z
    .array(
      z.object({
        purl: z.string().optional(),
        properties: z.array(z.object({ name: z.string(), value: z.string().optional() })).optional(),
      }),
    )
    .optional(),
});

/**
 * The components that an SBOM lists, of the kinds that towline knows.
 *
 * @param place of the SBOM, for people
 * @throws UserError where it is none
 */
export function readSbom(text: string, place: string): Component[] {
  try {
    const { components = [] } = schema.parse(JSON.parse(text));
    return components.flatMap(({ purl, properties = [] }) => {
      const component = purl === undefined ? undefined : componentOf(purl);
      const relation = properties.find(({ name }) => name === RELATION)?.value;
      return component === undefined ? [] : [{ ...component, relation }];
    });
  } catch (cause) {
    throw new UserError(`${place}: is no SBOM in CycloneDX's JSON; build the package again`, { cause });
  }
}
