import { useState } from "react";
import type { Status } from "../../api/schema";
import { useSession, useSignOut } from "../../api/session";
import { useStatus } from "../../api/status";
import { chooseTheme, chosenTheme, type Theme } from "../../app/theme";
import { Button, ButtonLink } from "../../components/Button";
import { Callout } from "../../components/Callout";
import { Loaded } from "../../components/Loaded";
import { PageTitle } from "../../components/PageTitle";
import { Section } from "../../components/Section";
import { Segments } from "../../components/Segments";
import { Connections } from "./Connections";
import { Happened } from "./Happened";
import { Written } from "./Written";

export function StatusPage() {
  const status = useStatus();
  return (
    <>
      <PageTitle title="Settings">What Nightshift is connected to, and what it did. No secret is shown here.</PageTitle>
      <div className="space-y-6">
        <Loaded query={status}>{(data) => <Connected status={data} />}</Loaded>
        <Looks />
        <Written />
        <Happened />
        <You version={status.data?.version} />
      </div>
    </>
  );
}

function Connected({ status }: { status: Status }) {
  return (
    <>
      {status.embedded && (
        <Callout tone="dusk" title="No Home Assistant is connected">
          The home is a folder: what you approve is written to its automations.yaml and nothing in a real home moves. Set HA_URL and HA_TOKEN to
          connect one.
        </Callout>
      )}
      <Section title="Connections" aside={<ButtonLink to="/plan">See the plan</ButtonLink>}>
        <Connections dependencies={status.dependencies} />
        <p className="mt-4 border-t border-line pt-4 text-sm text-muted">Times on every page are of the home's zone, {status.timezone}.</p>
      </Section>
    </>
  );
}

const LOOKS: Record<Theme, string> = { system: "As the system", light: "Day", dark: "Night" };

function Looks() {
  const [theme, setTheme] = useState(chosenTheme);
  return (
    <Section
      title="Day or night"
      aside={
        <Segments
          name="Colours"
          options={LOOKS}
          chosen={theme}
          choose={(chosen) => {
            chooseTheme(chosen);
            setTheme(chosen);
          }}
        />
      }
    >
      <p className="text-sm text-muted">Kept on this device.</p>
    </Section>
  );
}

function You({ version }: { version: string | undefined }) {
  const session = useSession().data;
  const signOut = useSignOut();
  return (
    <Section title="You">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p>
          {session?.name}, {session?.role === "approver" ? "who decides" : "who may look"}.{" "}
          <span className="text-sm text-muted">Press ? for the keys. {version && `Nightshift ${version}.`}</span>
        </p>
        <Button busy={signOut.isPending} onClick={() => signOut.mutate()}>
          Sign out
        </Button>
      </div>
    </Section>
  );
}
