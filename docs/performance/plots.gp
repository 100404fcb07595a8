# Draws the plots of performance.md from the figures in this folder, with gnuplot 5.4 or later:
#   gnuplot docs/performance/plots.gp
# It runs in the folder of the repository and writes docs/images/*.svg.

set terminal svg size 640,400 font "sans-serif,13" background rgb "white"
set border 3 linecolor rgb "#5a6570"
set tics nomirror textcolor rgb "#333c44"
set grid ytics linecolor rgb "#dde2e6"
set key outside top center horizontal
set errorbars small linecolor rgb "#333c44"
set style line 1 linecolor rgb "#8a949e" linewidth 2 pointtype 7 pointsize 0.6
set style line 2 linecolor rgb "#0b6aa2" linewidth 2 pointtype 7 pointsize 0.6
set style line 3 linecolor rgb "#c2571a" linewidth 2 pointtype 7 pointsize 0.6
set style line 4 linecolor rgb "#3f7d3a" linewidth 2 pointtype 7 pointsize 0.6

set output "docs/images/callbacks.svg"
set title "Callbacks on a real Jenkins"
set xlabel "connections"
set ylabel "callbacks per second"
set style data histograms
set style histogram errorbars gap 1 linewidth 1.5
set style fill solid 0.85 noborder
set yrange [0:*]
plot "docs/performance/callbacks.dat" using 2:3:4:xtic(1) title "bare endpoint" linestyle 1, \
     "" using 5:6:7 title "this plugin" linestyle 2, \
     "" using 8:9:10 title "webhook-step" linestyle 3

set output "docs/images/one-step.svg"
set title "From the start until all wait"
set xlabel "things"
set ylabel "seconds"
set style data linespoints
set logscale xy
set format x "10^{%L}"
set format y "10^{%L}"
set yrange [0.1:200]
set datafile missing "?"
plot "docs/performance/one-step.dat" using 1:5:6:7 with yerrorlines title "parallel" linestyle 3, \
     "" using 1:2:3:4 with yerrorlines title "one step" linestyle 2
unset logscale

reset
set terminal svg size 900,400 font "sans-serif,13" background rgb "white"
set output "docs/images/end-to-end.svg"
set border 3 linecolor rgb "#5a6570"
set tics nomirror textcolor rgb "#333c44"
set grid ytics linecolor rgb "#dde2e6"
set key top left
set style line 1 linecolor rgb "#8a949e" linewidth 2 pointtype 7 pointsize 0.6
set style line 2 linecolor rgb "#0b6aa2" linewidth 2 pointtype 7 pointsize 0.6
set style line 3 linecolor rgb "#c2571a" linewidth 2 pointtype 7 pointsize 0.6
set xlabel "waits in one parallel"
set ylabel "seconds"
set xrange [0:1050]
set yrange [0:*]
set multiplot layout 1,2
set title "From the start until all wait"
plot "docs/performance/end-to-end.dat" using 1:2:3:4 with yerrorlines title "this plugin" linestyle 2, \
     "" using 1:5:6:7 with yerrorlines title "webhook-step" linestyle 3, \
     "" using 1:8:9:10 with yerrorlines title "input" linestyle 1
set title "From the last callback to the end"
plot "docs/performance/end-to-end.dat" using 1:11:12:13 with yerrorlines title "this plugin" linestyle 2, \
     "" using 1:14:15:16 with yerrorlines title "webhook-step" linestyle 3, \
     "" using 1:17:18:19 with yerrorlines title "input" linestyle 1
unset multiplot
