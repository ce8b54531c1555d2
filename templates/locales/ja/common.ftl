moment = { $year }年{ $month }月{ $day }日 { $hour }:{ $minute }（UTC）

duration-seconds = { $count }秒
duration-minutes = { $count }分
duration-hours = { $count }時間
duration-days = { $count }日
