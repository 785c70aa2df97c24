/** Styles of the page of a server, beside those of all pages. */

/** The styles. */
export const SERVE_STYLE = `
[hidden] { display: none !important; }
.unseen { position: absolute; width: 1px; height: 1px; margin: -1px; padding: 0; border: 0; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.top > div { justify-content: flex-end; }
.top:has(#runs:not([hidden])) > div { flex-wrap: wrap; gap: .25rem 1rem; }
.top:has(#runs:not([hidden])) nav { flex: 1 0 auto; max-width: 100%; }
.top label { color: var(--muted); white-space: nowrap; }
select, input[type="password"] { font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--strong-line); border-radius: .4rem; padding: .3rem .6rem; max-width: 12rem; }
button[disabled] { opacity: .55; cursor: default; }
button.main { background: var(--accent); border-color: var(--accent); color: var(--ground); font-weight: 600; }
button[aria-pressed="true"]:not(#theme) { background: var(--wash); border-color: var(--accent); }
.classes { color: var(--muted); }

.drop { display: grid; justify-items: center; gap: .75rem; padding: clamp(1.5rem, 6vw, 3.5rem) 1rem; text-align: center; background: var(--raised); border: 2px dashed var(--strong-line); border-radius: .9rem; }
.drop.over { border-color: var(--accent); background: var(--wash); }
.drop p { font-size: 1.15rem; }
.drop .note { font-size: .9rem; }
.actions { display: flex; flex-wrap: wrap; gap: .6rem; align-items: center; }
.drop .actions { justify-content: center; }
.drop .actions button { padding: .55rem 1.1rem; }
#status:empty { display: none; }
.message { border-left: .25rem solid var(--orange); padding: .3rem 0 .3rem .75rem; }
#camera { display: grid; gap: .75rem; justify-items: start; }
#camera video { width: min(32rem, 100%); aspect-ratio: 4 / 3; object-fit: cover; background: var(--raised); border-radius: .6rem; }

.head { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; justify-content: space-between; align-items: center; }
.progress { width: 100%; height: .5rem; accent-color: var(--accent); }
.results { display: grid; gap: 1.5rem 1.25rem; margin: 0; padding: 0; list-style: none; grid-template-columns: repeat(auto-fill, minmax(min(15rem, 100%), 1fr)); }
.results.one { grid-template-columns: minmax(0, 1fr); }
.result { min-width: 0; display: grid; gap: .75rem; align-content: start; grid-template-columns: minmax(0, 1fr); }
.seen { position: relative; margin: 0; background: var(--raised); border-radius: .6rem; overflow: hidden; aspect-ratio: 4 / 3; container-type: size; }
.results.one .seen { aspect-ratio: clamp(.75, var(--ratio, 1.333), 2); }
.seen img { position: absolute; inset: 0; margin: auto; width: min(100cqw, 100cqh * var(--shape, 1)); height: min(100cqh, 100cqw / var(--shape, 1)); }
.seen .shot, .seen .stretched { --shape: var(--ratio, 1); }
.says { min-width: 0; display: grid; gap: .6rem; align-content: start; grid-template-columns: minmax(0, 1fr); }
.says h3 { margin: 0; }
.unsure { color: var(--orange); }
.bars { list-style: none; margin: 0; padding: 0; display: grid; gap: .3rem; }
.bars button { position: relative; isolation: isolate; display: flex; gap: .75rem; justify-content: space-between; width: 100%; text-align: left; padding: .25rem .6rem; border-color: transparent; background: var(--raised); overflow: hidden; }
.bars button::before { content: ""; position: absolute; z-index: -1; inset: 0 auto 0 0; width: calc(var(--v, 0) * 100%); background: color-mix(in oklab, var(--cell-right) 55%, var(--ground)); }
.bars button:hover, .bars button[aria-pressed="true"]:not(#theme) { border-color: var(--accent); background: var(--raised); }
.bars bdi { min-width: 0; }
.bars .value { flex: none; font-variant-numeric: tabular-nums; }
.name { color: var(--muted); font-size: .9rem; overflow-wrap: anywhere; }
.wait { color: var(--muted); }
@media (min-width: 48rem) {
  .results.one .result { grid-template-columns: minmax(0, 1.1fr) minmax(0, 1fr); gap: 2rem; }
  .results.one h3 { font-size: 1.6rem; }
  .results.one .bars button { padding: .5rem .8rem; }
}
@media (hover: none) {
  .of-mouse { display: none; }
}
`;
