import { CreateLaunchTemplateVersionCommand, DescribeLaunchTemplateVersionsCommand } from "@aws-sdk/client-ec2";
import { type ApiCall, type ApiReply, ec2Error, ec2Reply } from "../region/calls";
import type { Clients } from "../region/clients";

const DATA = "LaunchTemplateData.";

/** Later versions of launch templates: moto takes user data in the first one only, so that of the others is kept here. */
export class LaunchTemplates {
  /** Encoded in base64, by template and version. */
  private readonly userData = new Map<string, string>();

  constructor(private readonly clients: (region: string) => Clients) {}

  async answer({ action, form, region }: ApiCall): Promise<ApiReply | undefined> {
    const userData = form.get(`${DATA}UserData`);
    if (action !== "CreateLaunchTemplateVersion" || userData === null) return undefined;
    const [id, source] = [form.get("LaunchTemplateId"), form.get("SourceVersion")];
    const others = [...form.keys()].filter((key) => key.startsWith(DATA) && key !== `${DATA}UserData`);
    if (id === null || source === null || others.length > 0) {
      const message = "the local region takes a new version as LaunchTemplateId, SourceVersion and other user data";
      return ec2Error("UnsupportedOperation", message);
    }
    const { ec2 } = this.clients(region);
    const described = new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId: id, Versions: [source] });
    const data = (await ec2.send(described)).LaunchTemplateVersions?.[0]?.LaunchTemplateData;
    const { UserData: _, ...LaunchTemplateData } = data ?? {};
    // What AWS describes is what it takes, by other types.
    const command = { LaunchTemplateId: id, LaunchTemplateData: LaunchTemplateData as object };
    const made = await ec2.send(new CreateLaunchTemplateVersionCommand(command));
    const number = made.LaunchTemplateVersion?.VersionNumber;
    this.userData.set(`${id} ${number}`, userData);
    const fields = `<launchTemplateId>${id}</launchTemplateId><versionNumber>${number}</versionNumber>`;
    return ec2Reply(action, `<launchTemplateVersion>${fields}</launchTemplateVersion>`);
  }

  /** Puts the user data back into what moto describes. */
  follow({ action }: ApiCall, reply: string): string {
    if (action !== "DescribeLaunchTemplateVersions") return reply;
    const version = /<launchTemplateId>([^<]+)<[\s\S]*?<versionNumber>(\d+)<[\s\S]*?<launchTemplateData>/g;
    return reply.replace(version, (begun, id: string, number: string) => {
      const userData = this.userData.get(`${id} ${number}`);
      return userData === undefined ? begun : `${begun}<userData>${userData}</userData>`;
    });
  }
}
