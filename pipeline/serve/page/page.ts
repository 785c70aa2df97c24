/**
 * The page of a server: a photo in, classes out. Its script requests everything
 * else, so the page shows no facts of a run without the token.
 */

import { html } from "../../report/page/html.ts";

/** How the page is served. */
export interface PageOptions {
  /** Whether it stands alone: files beside it, and no server to ask. @default {false} */
  standsAlone?: boolean;
}

/** Rules for a page that stands alone, where no server sends them. */
const POLICY = [
  "default-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "media-src blob:",
  "connect-src 'self'",
  "manifest-src 'self'",
].join("; ");

/** Icon of the page: bars. */
const ICON = `data:image/svg+xml,${
  encodeURIComponent(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path fill="#0a5fb4" d="M2 2h12v3H2zM2 7h8v3H2zM2 12h4v3H2z"/></svg>',
  )
}`;

/** Renders the page. */
export function renderPage({ standsAlone = false }: PageOptions = {}): string {
  const assets = standsAlone ? "assets" : "/assets";
  const policy = standsAlone
    ? html`<meta http-equiv="Content-Security-Policy" content="${POLICY}">`
    : null;
  const local = standsAlone
    ? html`<script src="assets/local.js"></script>`
    : null;
  const links = standsAlone ? html`<a id="report" hidden></a>` : html`
    <nav aria-label="Pages">
      <ul>
        <li><a href="/" aria-current="page">Classify</a></li>
        <li><a href="/openapi.json">API</a></li>
        <li><a id="report" href="/report" hidden>Report</a></li>
      </ul>
    </nav>
  `;
  const kept = standsAlone
    ? "Photos stay on this device."
    : "Photos are not kept.";
  const page = html`
    <!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        ${policy}
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Classify photos</title>
        <link rel="icon" href="${ICON}">
        <link rel="stylesheet" href="${assets}/page.css">
        <script src="${assets}/first.js"></script>
        ${local}
        <script src="${assets}/page.js" defer></script>
      </head>
      <body>
        <a class="skip" href="#main">Skip to the photos</a>
        <header class="top">
          <div>${links}<label id="runs" hidden>Run <select id="run"></select></label><button type="button" id="theme" class="needs-script" aria-label="Dark colours" aria-pressed="false"></button></div>
        </header>
        <main id="main" tabindex="-1">
          <section aria-labelledby="title">
            <h1
              id="title"><small id="about">Run</small> What does the photo show?</h1>
            <p class="lead" id="summary"></p>
            <p class="classes" id="classes"></p>
            <noscript><p class="message">This page needs JavaScript. Without it: <code>curl --data-binary @photo.jpg ADDRESS/api/classify</code></p></noscript>
            <div id="login"></div>
            <div id="drop" class="drop needs-script" hidden>
              <p><span class="of-mouse">Drop photos here, paste them, or choose</span></p>
              <div
                class="actions"><button type="button" id="choose" class="main">Choose photos</button><button type="button" id="photograph">Take a photo</button></div>
              <p class="note" id="limits"></p>
              <input type="file" id="file" class="unseen"
                accept="image/*,.avif,.heic,.heif,.tif,.tiff" multiple tabindex="-1"
                aria-label="Photos">
              <input type="file" id="capture" class="unseen" accept="image/*"
                capture="environment" tabindex="-1" aria-label="Camera">
            </div>
            <div id="camera" hidden>
              <video id="video" autoplay playsinline muted
                aria-label="What the camera sees"></video>
              <div
                class="actions"><button type="button" id="shoot" class="main" disabled>Shoot</button><button type="button" id="close-camera">Close the camera</button></div>
            </div>
            <p id="status" role="status"></p>
          </section>
          <section id="answers" aria-labelledby="answers-title" hidden>
            <div class="head">
              <h2 id="answers-title">Answers</h2>
              <div
                class="actions"><button type="button" id="csv">Download CSV</button><button type="button" id="clear">Clear</button></div>
            </div>
            <progress class="progress" id="progress"
              aria-label="Photos that are answered" hidden></progress>
            <ol class="results" id="results"></ol>
            <p
              class="note">Press a class to see where the photo speaks for it. ${kept}</p>
          </section>
        </main>
        <footer id="footer" class="needs-script" hidden>Made by Headstart.</footer>
      </body>
    </html>
  `;
  return page.text;
}
