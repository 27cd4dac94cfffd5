import { useEffect, useState } from "react";
import { Outlet, useLocation, useNavigate } from "react-router-dom";
import { useSession } from "../api/session";
import { useStatus } from "../api/status";
import { Failed } from "../components/Loaded";
import { NoticeProvider } from "../components/notice";
import { HomeZone } from "../components/times";
import { SignIn } from "../features/session/SignIn";
import { SignInAgain } from "../features/session/SignInAgain";
import { takeWayBack } from "../features/session/wayBack";
import { Banners } from "./Banners";
import { Navigation } from "./Navigation";
import { Shortcuts } from "./Shortcuts";

/** The frame of every page. A session that ends leaves the page standing beneath, with what was typed. */
export function Shell() {
  const session = useSession();
  const [wasSignedIn, setWasSignedIn] = useState(false);
  const navigate = useNavigate();
  useEffect(() => {
    if (!session.data) return;
    setWasSignedIn(true);
    const place = takeWayBack();
    if (place) navigate(place, { replace: true });
  }, [session.data, navigate]);
  if (session.error && !wasSignedIn) {
    return (
      <main className="mx-auto max-w-xl p-6 pt-24">
        <Failed error={session.error} retry={() => void session.refetch()} />
      </main>
    );
  }
  if (session.data === undefined) return <main aria-busy="true" aria-label="Nightshift" className="min-h-screen" />;
  if (session.data === null && !wasSignedIn) return <SignIn />;
  return (
    <>
      <Frame />
      {session.data === null && <SignInAgain />}
    </>
  );
}

function Frame() {
  const status = useStatus();
  const { pathname } = useLocation();
  useEffect(() => {
    window.scrollTo(0, 0);
  }, [pathname]);
  return (
    <HomeZone.Provider value={status.data?.timezone ?? "UTC"}>
      <NoticeProvider>
        <a href="#content" className="fixed left-3 top-3 z-50 -translate-y-20 rounded-lg bg-surface px-3 py-2 font-semibold focus:translate-y-0">
          Skip to the content
        </a>
        <div className="min-h-screen lg:pl-60">
          <Navigation status={status.data} />
          <div className="mx-auto max-w-6xl px-4 pb-36 pt-5 sm:px-6 lg:px-10 lg:pb-16 lg:pt-9">
            <Banners status={status.data} />
            <main id="content" tabIndex={-1} className="focus-visible:ring-0">
              <Outlet />
            </main>
          </div>
        </div>
        <Shortcuts />
      </NoticeProvider>
    </HomeZone.Provider>
  );
}
