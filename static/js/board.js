// Draws the trend of the board from the figures in the page; the table below it says the same without scripts.
(function () {
  "use strict";
  var place = document.getElementById("trend-chart");
  var source = document.getElementById("trend-figures");
  var table = document.getElementById("trend-table");
  var print = document.querySelector("[data-print]");
  if (print) {
    print.hidden = false;
    print.addEventListener("click", function () { window.print(); });
  }
  if (!place || !source || !window.echarts) return;
  var figures = JSON.parse(source.textContent);
  place.hidden = false;
  table.open = false;
  var chart = window.echarts.init(place, null, { renderer: "svg" });
  chart.setOption({
    animation: false,
    grid: { left: 8, right: 8, top: 34, bottom: 4, containLabel: true },
    legend: { top: 0, right: 0, itemWidth: 14, itemHeight: 8, textStyle: { color: "#5b6473" } },
    tooltip: { trigger: "axis", renderMode: "richText", confine: true },
    xAxis: { type: "category", data: figures.weeks, axisTick: { show: false }, axisLabel: { color: "#5b6473" }, axisLine: { lineStyle: { color: "#c9cfd8" } } },
    yAxis: { type: "value", minInterval: 1, axisLabel: { color: "#5b6473" }, splitLine: { lineStyle: { color: "#e6e9ee" } } },
    series: [
      { name: figures.issued_label, type: "line", data: figures.issued, smooth: true, symbol: "none", color: "#7c8797" },
      { name: figures.closed_label, type: "bar", data: figures.closed, barMaxWidth: 18, itemStyle: { borderRadius: [3, 3, 0, 0] }, color: "#b3202a" }
    ]
  });
  window.addEventListener("resize", function () { chart.resize(); });
  window.addEventListener("beforeprint", function () { chart.resize(); });
})();
