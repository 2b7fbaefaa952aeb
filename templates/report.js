"use strict";
// The stills are already there. When a chart comes into view, plotly (packed in this page) draws it again, alive.
(() => {
  const unpack = async (id) => {
    const packed = Uint8Array.from(atob(document.getElementById(id).textContent.trim()), (c) => c.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).text();
  };
  const themed = (text) => {
    const style = getComputedStyle(document.documentElement);
    const tokens = { "#1b1f24": "--ink", "#5a6570": "--muted", "#d9dee3": "--grid", "#ffffff": "--paper" };
    return text.replace(/"#(1b1f24|5a6570|d9dee3|ffffff)"/g, (colour) => `"${style.getPropertyValue(tokens[colour.slice(1, -1)]).trim()}"`);
  };
  let ready;
  const load = () => (ready ??= Promise.all([unpack("plotly"), unpack("figures")]).then(([code, figures]) => {
    const script = document.createElement("script");
    script.textContent = code;
    document.head.append(script);
    return JSON.parse(figures);
  }));
  const draw = async (box) => {
    const figures = await load();
    const figure = figures[box.dataset.chart];
    if (!figure || box.dataset.live) return;
    box.dataset.live = "yes";
    const { data, layout } = JSON.parse(themed(JSON.stringify(figure)));
    const canvas = document.createElement("div");
    const still = box.querySelector("svg");
    box.style.minHeight = `${box.clientHeight}px`;
    canvas.style.cssText = "left: 0; position: absolute; right: 0; top: 0; visibility: hidden";
    box.append(canvas);
    await Plotly.newPlot(canvas, data, { ...layout, autosize: true }, { responsive: true, displayModeBar: false, scrollZoom: false });
    still?.remove();
    canvas.style.cssText = "";
    box.style.minHeight = "";
    box.removeAttribute("role");
    box.setAttribute("role", "group");
  };
  if (!("DecompressionStream" in window) || !("IntersectionObserver" in window)) return;
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) { seen.unobserve(entry.target); draw(entry.target); }
  }, { rootMargin: "600px" });
  document.querySelectorAll(".drawing[data-chart]").forEach((box) => seen.observe(box));
})();
