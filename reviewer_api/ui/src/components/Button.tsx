import type { ButtonHTMLAttributes } from "react";
import { Link, type LinkProps } from "react-router-dom";

const LOOKS = {
  primary: "bg-dusk text-on-dusk hover:bg-dusk/90 shadow-sm",
  plain: "border border-edge/60 bg-surface text-ink hover:bg-sunken",
  quiet: "text-muted hover:bg-sunken hover:text-ink",
  danger: "border border-bad/50 bg-surface text-bad hover:bg-bad-soft",
};

export type Look = keyof typeof LOOKS;

const SHAPE =
  "inline-flex min-h-9 items-center [@media(pointer:coarse)]:min-h-11 justify-center gap-1.5 whitespace-nowrap rounded-lg px-3 py-1.5 text-sm font-semibold transition-colors disabled:cursor-not-allowed disabled:opacity-50 [&>svg]:h-[1.15em] [&>svg]:w-[1.15em] [&>svg]:shrink-0";

type Props = ButtonHTMLAttributes<HTMLButtonElement> & { look?: Look; busy?: boolean };

/** `busy` keeps the button's size and says that it works. */
export function Button({ look = "plain", busy = false, className = "", disabled, type, ...rest }: Props) {
  return (
    <button
      type={type ?? "button"}
      aria-busy={busy || undefined}
      disabled={disabled || busy}
      className={`${SHAPE} ${LOOKS[look]} ${className}`}
      {...rest}
    />
  );
}

export function ButtonLink({ look = "plain", className = "", ...rest }: LinkProps & { look?: Look }) {
  return <Link className={`${SHAPE} ${LOOKS[look]} ${className}`} {...rest} />;
}
