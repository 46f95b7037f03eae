"""The look of what the pages write as HTML, in the colours of the report; no data goes in here."""

from __future__ import annotations

STYLE = """<style>
[data-testid="stDataFrame"] [data-testid="stElementToolbar"] { display: none; }
[data-testid="stFullScreenFrame"] > [data-testid="stElementToolbar"] { display: none; }
[data-testid="stColumn"], [data-testid="stColumn"] [data-testid="stVerticalBlock"] { min-width: 0; }
[data-testid="stVegaLiteChart"] { max-width: 100%; } [data-testid="stVegaLiteChart"] svg { max-width: 100%; height: auto; }
.stMainBlockContainer { padding: 2.2rem 2.6rem 4rem; max-width: 1360px; }
[data-testid="stSidebarHeader"] { height: 1.2rem; }
h1 { font-size: 1.75rem !important; padding-bottom: .1rem !important; }
h2 { font-size: 1.25rem !important; } h3 { font-size: 1.05rem !important; }
.r-lead { color: #5c6873; font-size: .95rem; margin: 0 0 .4rem; }
.r-brand { font-size: 1.05rem; font-weight: 600; color: #26323f; overflow-wrap: anywhere; line-height: 1.3; }
.r-sides { color: #5c6873; font-size: .86rem; margin-top: .25rem; overflow-wrap: anywhere; line-height: 1.45; }
.r-cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(118px, 1fr)); gap: .8rem; margin: .6rem 0; }
.r-card { border: 1px solid #dfe4e9; border-radius: 8px; padding: .75rem .8rem .7rem; background: #fff; }
.r-card .k { color: #5c6873; font-size: .84rem; line-height: 1.3; }
.r-card .v { color: #26323f; font-size: 1.5rem; font-weight: 600; line-height: 1.35; font-variant-numeric: tabular-nums;
  overflow-wrap: anywhere; }
.r-card .v.small { font-size: 1.2rem; padding-top: .2rem; }
.r-card .n { color: #5c6873; font-size: .8rem; line-height: 1.35; overflow-wrap: anywhere; }
.r-card.wide { grid-column: span 2; }
.r-card.warm { border-left: 3px solid #c77f1f; } .r-card.good { border-left: 3px solid #27706b; }
.r-card.bad { border-left: 3px solid #b94a62; } .r-card.calm { border-left: 3px solid #3f6ca8; }
.r-say { margin: .2rem 0 .2rem; color: #26323f; line-height: 1.6; }
.r-scroll { overflow-x: auto; border: 1px solid #dfe4e9; border-radius: 8px; margin: .2rem 0 .5rem; }
table.r { border-collapse: collapse; width: 100%; font-size: .875rem; line-height: 1.45; margin: 0; color: #26323f; }
table.r th { background: #f4f6f8; color: #5c6873; font-weight: 600; text-align: start; padding: .45rem .6rem;
  vertical-align: bottom; line-height: 1.3; word-break: keep-all;
  border: 0; border-bottom: 1px solid #dfe4e9; }
table.r td { padding: .42rem .6rem; border: 0; border-bottom: 1px solid #eef1f4; vertical-align: top; }
.r-long { overflow-wrap: anywhere; display: inline-block; min-width: 8rem; max-width: 34rem; }
table.r tr:last-child td { border-bottom: 0; }
table.r .num { text-align: end; font-variant-numeric: tabular-nums; }
table.r td.num { white-space: nowrap; }
table.r .zero { color: #a5aeb7; }
table.r td.name { font-weight: 600; white-space: nowrap; }
table.r td.sign { width: 1.6rem; min-width: 1.6rem; text-align: center; color: #8a949e; }
table.r.sides { table-layout: fixed; } table.r.sides th:first-child { width: 19%; }
table.r.sides th:nth-child(3):nth-last-child(2) { width: 2.4rem; }
table.r.sides td { overflow-wrap: anywhere; }
table.r tr.differs td { background: #fdf8ef; } table.r tr.differs td.sign { color: #96541a; font-weight: 700; }
table.r tr.total td { background: #f9fafb; font-weight: 600; border-top: 1px solid #dfe4e9; }
mark.r { background: #f7dba7; color: inherit; border-radius: 2px; padding: 0 1px; }
.r-none { color: #8a949e; font-style: italic; } .r-cut { color: #8a949e; font-size: .78rem; white-space: nowrap; }
div.r-cut { white-space: normal; overflow-wrap: anywhere; }
.r-bits.for { color: #1f5d58; } .r-bits.against { color: #93324a; } .r-bits.nothing { color: #8a949e; }
.r-pill { display: inline-block; border-radius: 10px; padding: 0 .55rem; font-size: .78rem; line-height: 1.5; white-space: nowrap;
  background: #eef1f4; color: #4a5661; border: 1px solid transparent; }
.r-pill.good { background: #e3f1ef; color: #1f5d58; } .r-pill.warm { background: #fbefd9; color: #82490f; }
.r-pill.bad { background: #f9e6ea; color: #93324a; } .r-pill.calm { background: #e6eef8; color: #2f5a94; }
.r-facts { color: #5c6873; font-size: .82rem; line-height: 1.6; overflow-wrap: anywhere; }
.r-due { color: #5c6873; font-size: .82rem; line-height: 1.6; white-space: nowrap; }
table.r a { color: #2f5d94; text-underline-offset: 2px; text-decoration-color: #b6c6d8; }
.r-facts b { font-weight: 600; color: #26323f; }
.r-approvals { font-size: .82rem; line-height: 1.5; color: #82490f; background: #fbefd9; border-radius: 6px;
  padding: .3rem .55rem; margin-top: .35rem; overflow-wrap: anywhere; }
.r-bar { display: inline-block; width: 5.2rem; height: .5rem; background: #e8ecf0; border-radius: 3px; margin-right: .5rem;
  vertical-align: middle; overflow: hidden; }
.r-bar i { display: block; height: 100%; background: #27706b; border-radius: 3px; }
.r-more { color: #8a949e; font-size: .8rem; margin-left: .3rem; }
.r-new { display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: .35rem .9rem; font-size: .875rem;
  line-height: 1.4; color: #26323f; }
.r-new div { overflow-wrap: anywhere; } .r-new span.k { display: block; color: #5c6873; font-size: .78rem; }
.r-empty { border: 1px dashed #c6ced6; border-radius: 8px; padding: 1.5rem; color: #5c6873; text-align: center;
  background: #fafbfc; }
.r-empty b { display: block; color: #26323f; font-size: 1.05rem; margin-bottom: .2rem; }
.r-gate { color: #5c6873; font-size: .95rem; margin-top: 12vh; }
.r-enter { display: flex; flex-direction: column; gap: 1rem; margin: .4rem 0 .6rem; }
.r-enter label { display: flex; flex-direction: column; gap: .3rem; font-size: .875rem; color: #26323f; }
.r-enter input { font: inherit; font-size: 1rem; padding: .5rem .7rem; border: 1px solid #ccd4dc; border-radius: 6px;
  background: #fff; color: #26323f; }
.r-enter input:focus { outline: 2px solid #3f6ca8; outline-offset: -1px; border-color: #3f6ca8; }
.r-enter button { font: inherit; font-weight: 600; padding: .5rem 1rem; border: 0; border-radius: 6px; background: #3f6ca8;
  color: #fff; cursor: pointer; }
.r-enter button:hover { background: #355c90; }
.r-enter button:focus-visible { outline: 2px solid #3f6ca8; outline-offset: 2px; }
.r-wrong { margin: 0; padding: .6rem .8rem; border-radius: 6px; background: #f9e6ea; color: #93324a; font-size: .875rem;
  line-height: 1.5; }
.r-or { display: flex; align-items: center; gap: .8rem; color: #5c6873; font-size: .86rem; }
.r-or::before, .r-or::after { content: ""; flex: 1; border-top: 1px solid #dfe4e9; }
.r-who { border-top: 1px solid #dfe4e9; padding-top: .7rem; margin-top: .3rem; }
.r-person { font-weight: 600; color: #26323f; overflow-wrap: anywhere; }
</style>"""
