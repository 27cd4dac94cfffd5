import { XMarkIcon } from "@heroicons/react/20/solid";
import { createContext, useCallback, useContext, useMemo, useState, type ReactNode } from "react";

type Notice = { words: string; at: number };
const Say = createContext<(words: string) => void>(() => undefined);

/** Tells the person, and their screen reader, what became of what they did. */
export function useNotice() {
  return useContext(Say);
}

export function NoticeProvider({ children }: { children: ReactNode }) {
  const [notice, setNotice] = useState<Notice | null>(null);
  const say = useCallback((words: string) => setNotice({ words, at: Date.now() }), []);
  const content = useMemo(() => children, [children]);
  return (
    <Say.Provider value={say}>
      {content}
      <div role="status" className="pointer-events-none fixed inset-x-0 bottom-24 z-40 flex justify-center px-4 lg:bottom-6">
        {notice && (
          <div key={notice.at} className="pointer-events-auto flex max-w-xl animate-appear items-start gap-3 rounded-xl bg-[#171a38] px-4 py-3 text-sm text-[#f4f1ea] shadow-xl ring-1 ring-white/15">
            <span className="[overflow-wrap:anywhere]">{notice.words}</span>
            <button type="button" aria-label="Dismiss" onClick={() => setNotice(null)} className="-m-1 rounded p-1 hover:bg-white/10">
              <XMarkIcon className="h-4 w-4" />
            </button>
          </div>
        )}
      </div>
    </Say.Provider>
  );
}
