@echo off
rem What runs in the kiosk's window: Fairstart, again and again.
chcp 65001 >nul

rem WHERE FAIRSTART IS ON THIS LAPTOP. The kiosk's account must be able to run it.
set "FAIRSTART={{ command }}"

set PYTHONUTF8=1
:again
"%FAIRSTART%"
rem After a crash, what the last person saw would stay on the screen.
if %ERRORLEVEL% lss 0 cls
timeout /t 3 /nobreak >nul
goto again
