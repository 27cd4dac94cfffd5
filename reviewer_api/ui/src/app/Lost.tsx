import { useRouteError } from "react-router-dom";
import { Button, ButtonLink } from "../components/Button";
import { Empty } from "../components/Loaded";
import { PageTitle } from "../components/PageTitle";

export function NotFound() {
  return (
    <>
      <PageTitle title="Not found" />
      <Empty title="There is no such page">
        <p className="mb-4">The address may be mistyped, or what it showed is gone.</p>
        <ButtonLink to="/">Go to the suggestions</ButtonLink>
      </Empty>
    </>
  );
}

/** The page itself broke, or a part of it could not be loaded, as after an update of the service. */
export function Crashed() {
  const error = useRouteError();
  return (
    <main className="mx-auto max-w-xl p-6 pt-24">
      <Empty title="The page stumbled">
        <p className="mb-4">
          Nothing was changed. Reloading mostly helps; if it comes back, this is what to report:{" "}
          <code className="text-ink">{error instanceof Error ? error.message : String(error)}</code>
        </p>
        <Button look="primary" onClick={() => location.reload()}>
          Reload
        </Button>
      </Empty>
    </main>
  );
}
