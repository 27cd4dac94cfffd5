import { BoltIcon, ChartBarIcon, Cog6ToothIcon, InboxStackIcon, MoonIcon } from "@heroicons/react/24/outline";
import { Link, NavLink } from "react-router-dom";
import type { Status } from "../api/schema";
import { useSession } from "../api/session";
import type { Icon } from "../components/Badge";
import { Logo } from "../components/Logo";
import { Pause } from "./Pause";

type Place = { to: string; name: string; icon: Icon };

const PLACES: Place[] = [
  { to: "/", name: "Suggestions", icon: InboxStackIcon },
  { to: "/automations", name: "Automations", icon: BoltIcon },
  { to: "/patterns", name: "Patterns", icon: ChartBarIcon },
  { to: "/runs", name: "Nights", icon: MoonIcon },
  { to: "/status", name: "Settings", icon: Cog6ToothIcon },
];

/** The night sky at the side; on a phone the places move to the thumb. */
export function Navigation({ status }: { status: Status | undefined }) {
  const session = useSession().data;
  const counts: Record<string, number> = { "/": status?.open_suggestions ?? 0, "/status": status?.problems ?? 0 };
  return (
    <>
      <header className="night-sky flex h-14 items-center justify-between px-4 text-[#f4f1ea] lg:fixed lg:inset-y-0 lg:left-0 lg:h-auto lg:w-60 lg:flex-col lg:items-stretch lg:justify-start lg:gap-8 lg:p-5">
        <Link to="/" aria-label="Nightshift, to the suggestions" className="on-night flex items-center gap-2.5 rounded-lg font-display text-xl font-semibold tracking-tight">
          <Logo className="h-8 w-8" />
          Nightshift
        </Link>
        <nav aria-label="Pages" className="hidden flex-1 lg:block">
          <ul className="space-y-1">
            {PLACES.map((place) => (
              <li key={place.to}>
                <NavLink
                  to={place.to}
                  end={place.to === "/"}
                  className={({ isActive }) =>
                    `on-night flex items-center gap-3 rounded-lg px-3 py-2 text-sm font-medium ${isActive ? "bg-white/15 text-white" : "text-[#cfd1ea] hover:bg-white/10 hover:text-white"}`
                  }
                >
                  <place.icon className="h-5 w-5" aria-hidden="true" />
                  {place.name}
                  <Count of={counts[place.to]} />
                </NavLink>
              </li>
            ))}
          </ul>
        </nav>
        <div className="flex items-center gap-3 lg:flex-col lg:items-stretch">
          {status && <Pause paused={status.paused} />}
          {session && (
            <p className="hidden truncate px-1 text-xs text-[#dcd9ee] lg:block">
              {session.name}
              {session.role === "reader" && ", may only look"}
            </p>
          )}
        </div>
      </header>
      <nav aria-label="Pages" className="fixed inset-x-0 bottom-0 z-30 border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] lg:hidden">
        <ul className="grid grid-cols-5">
          {PLACES.map((place) => (
            <li key={place.to}>
              <NavLink
                to={place.to}
                end={place.to === "/"}
                className={({ isActive }) =>
                  `relative flex h-14 flex-col items-center justify-center gap-0.5 text-[11px] font-semibold ${isActive ? "text-dusk" : "text-muted"}`
                }
              >
                <place.icon className="h-6 w-6" aria-hidden="true" />
                {place.name}
              </NavLink>
            </li>
          ))}
        </ul>
      </nav>
    </>
  );
}

function Count({ of }: { of: number | undefined }) {
  if (!of) return null;
  return <span className="ml-auto rounded-full bg-[#f6b48f] px-2 text-xs font-bold leading-5 text-[#2a1630]">{of}</span>;
}
